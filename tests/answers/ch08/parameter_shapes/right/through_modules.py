def parameter_shapes(net):
    shapes, seen = {}, set()
    for path, module in net.named_modules():
        for name, p in module._parameters.items():
            if p is not None and id(p) not in seen:
                seen.add(id(p))
                shapes[f"{path}.{name}" if path else name] = tuple(p.shape)
    return shapes
