def same_device(*things):
    def names(thing):
        if torch.is_tensor(thing):
            return {str(thing.device)}
        if isinstance(thing, nn.Module):
            return names(thing.state_dict())
        parts = thing.values() if isinstance(thing, dict) else thing
        if isinstance(thing, (dict, list, tuple)):
            return set().union(*map(names, parts))
        return set()

    return not len(names(things)) > 1
