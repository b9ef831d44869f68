"""What holds for every edit, on pages over the panel."""
