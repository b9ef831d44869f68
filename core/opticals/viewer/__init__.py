"""The process that gives panels pictures, thumbnails and sound of media, without torch."""
