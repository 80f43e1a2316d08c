// func semacquire(s *uint32) is the runtime's.
