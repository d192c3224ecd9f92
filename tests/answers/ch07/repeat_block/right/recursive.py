def repeat_block(factory, n):
    first = factory()
    return first if n == 1 else nn.Sequential(first, repeat_block(factory, n - 1))
