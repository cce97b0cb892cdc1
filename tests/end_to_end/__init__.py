"""Does a pull request get its answer, from signed webhook to posted check run, through every real part?"""
