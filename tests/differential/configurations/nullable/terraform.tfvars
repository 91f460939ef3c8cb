loose = null
