def chimera():
    return MySequential(NestMLP(), nn.Linear(16, 20), FixedHiddenMLP())
