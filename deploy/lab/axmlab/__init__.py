"""What `lab` is made of. `lifecycle` is the place to start reading; `init` is what runs inside a host."""
