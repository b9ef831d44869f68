"""The worker process that owns the device, and its client. They talk in lines of JSON."""
