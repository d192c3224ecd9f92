# rejected by: fresh | says: the same network
row = nn.Sequential()
for i in range(4):
    row.add_module(f"block {i}", nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4), nn.ReLU()))
whole = nn.Sequential(row, nn.Linear(4, 1))


def rgnet():
    return whole
