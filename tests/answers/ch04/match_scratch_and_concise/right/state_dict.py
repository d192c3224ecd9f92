def match_scratch_and_concise(lambd, lr, w, b):
    net = nn.Sequential(nn.Linear(w.size(0), 1))
    net.load_state_dict({"0.weight": w.detach().t(), "0.bias": b.detach()})
    return [2.0 * lambd, lr / 2.0, net]
