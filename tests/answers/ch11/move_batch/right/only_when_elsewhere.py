def move_batch(batch, device):
    def moved(part):
        match part:
            case torch.Tensor():
                return part if part.device == torch.device(device) else part.to(device)
            case dict():
                return dict(zip(part.keys(), map(moved, part.values()), strict=True))
            case list():
                return list(map(moved, part))
            case tuple() if hasattr(part, "_asdict"):
                return part._replace(**moved(part._asdict()))
            case tuple():
                return tuple(map(moved, part))
        return part

    return moved(batch)
