"""One step a file; the order is told by the engines that use them."""
