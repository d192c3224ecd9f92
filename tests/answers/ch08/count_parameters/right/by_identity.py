def count_parameters(net, trainable_only=False):
    found = {id(p): p for m in net.modules() for p in m.parameters(recurse=False)}
    return sum(len(p.flatten()) for p in found.values() if not trainable_only or p.requires_grad)
