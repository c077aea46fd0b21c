"""Why a value is what it is: the way down from any value of a network to the bases."""
