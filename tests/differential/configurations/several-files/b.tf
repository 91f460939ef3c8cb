locals { b = "b" }
