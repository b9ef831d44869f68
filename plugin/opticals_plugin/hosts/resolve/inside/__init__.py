"""What runs beside DaVinci Resolve, in the Python that it uses: 3.6 or later, nothing installed."""
