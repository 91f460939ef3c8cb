known   = "given"
unknown = "nobody declares this"
