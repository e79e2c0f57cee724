"""The demonstration: invented customers whose history is made through the actions, on the days it tells of."""
