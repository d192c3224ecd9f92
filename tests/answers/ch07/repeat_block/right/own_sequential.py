def repeat_block(factory, n):
    return MySequential(*(factory() for _ in range(n)))
