"""A conv → pool block at work, on letters or on feature maps, and the reading that it is part of."""
