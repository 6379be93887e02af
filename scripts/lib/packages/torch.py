"""Fits a line by gradient descent."""

import torch


def main():
    torch.manual_seed(0)
    inputs = torch.linspace(-1, 1, 200).unsqueeze(1)
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(300):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(inputs), 3 * inputs + 0.5).backward()
        optimizer.step()
    assert abs(model.weight.item() - 3) < 0.01 and abs(model.bias.item() - 0.5) < 0.01


if __name__ == "__main__":
    main()
