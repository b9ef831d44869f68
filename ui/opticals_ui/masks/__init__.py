"""Drawing masks on the viewer."""
