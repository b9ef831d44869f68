"""The first start, and what stands where pictures will be: edits to open, and the first steps."""
