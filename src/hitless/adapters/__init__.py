"""The real world behind the ports; imported by ``hitless.app`` alone."""
