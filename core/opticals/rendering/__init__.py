"""From a shot and a recipe to a verified render: planning, segments, the frame pipeline."""
