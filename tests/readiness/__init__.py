"""Does the pure heart judge as it says?"""
