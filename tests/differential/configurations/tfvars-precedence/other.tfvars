a = "never loaded"
