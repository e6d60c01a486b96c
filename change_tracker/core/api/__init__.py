"""What every API view of ours is made of. It takes nothing from the host's REST framework
settings but who the caller is: on real hosts, defaults answered strangers with rows.
"""
