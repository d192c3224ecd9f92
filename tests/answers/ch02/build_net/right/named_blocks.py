from collections import OrderedDict


def block(num_inputs, num_outputs, dropout):
    return nn.Sequential(nn.Linear(num_inputs, num_outputs), nn.ReLU(inplace=True), nn.Dropout(dropout))


def build_net(dropout1, dropout2):
    return nn.Sequential(
        OrderedDict(
            flatten=nn.Flatten(start_dim=1),
            hidden1=block(784, 256, dropout1),
            hidden2=block(256, 256, dropout2),
            logits=nn.Linear(256, 10),
        )
    )
