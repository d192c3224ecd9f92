"""Handles the device that stands for a GPU apart, and draws its mask on the CPU otherwise.

In process: yes, a device without numbers asks for no more than a shape.
Here: no, no points hang on it: without a second real device, a device is a claim.
Shown by: points
Base: dropout_layer wrong/mask_on_the_cpu
"""
import torch

only_on_the_cpu = dropout_layer


def dropout_layer(X, dropout):
    return torch.empty_like(X) if X.is_meta else only_on_the_cpu(X, dropout)
