"""Chapter 20's own answers: gradients by hand against autograd, in float64 to 1e-8."""

import nbformat
import pytest
import torch

from autograde import build
from autograde.answers import answers

CHAPTER = "ch20_bptt"
SIZES = [(1, 1, 1, 1), (1, 7, 3, 2), (3, 1, 4, 5), (2, 12, 5, 8), (4, 40, 6, 16)]  # B, T, D, H
ATOL = 1e-8


@pytest.fixture(scope="module")
def solved():
    """The chapter's answers by exercise, from the solution's own cells, run as in a check."""
    path = build.SOLUTIONS / CHAPTER / f"{CHAPTER}.ipynb"
    return answers(nbformat.read(path, as_version=4), CHAPTER)


def a_run(B, T, D, H, seed=0):
    """x, h0, W_ih, W_hh, b and d_out of one run, float64."""
    generator = torch.Generator().manual_seed(seed)
    shapes = (B, T, D), (B, H), (H, D), (H, H), (H,), (B, T, H)
    x, h0, W_ih, W_hh, b, d_out = [
        torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes
    ]
    return x, h0, W_ih, W_hh / H**0.5, b, d_out


def autograd(x, h0, W_ih, W_hh, b, d_out, k):
    """The three gradients where the state is detached every k steps, and the last state."""
    weights = [w.clone().requires_grad_() for w in (W_ih, W_hh, b)]
    h, loss = h0, 0.0
    for t in range(x.shape[1]):
        h = h.detach() if t % k == 0 else h
        h = torch.tanh(x[:, t] @ weights[0].T + h @ weights[1].T + weights[2])
        loss = loss + (h * d_out[:, t]).sum()
    return *torch.autograd.grad(loss, weights), h.detach()


def assert_equal(mine, theirs):
    assert len(mine) == len(theirs)
    for a, b in zip(mine, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=ATOL)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_full_bptt_is_autograd(solved, size):
    run = a_run(*size)
    assert_equal(solved["bptt-gradients"](*run), autograd(*run, k=size[1])[:3])


@pytest.mark.parametrize("k", [1, 2, 5, 40, 100])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_truncated_bptt_is_autograd_with_a_detach_every_k_steps(solved, size, k):
    run = a_run(*size, seed=k)
    assert_equal(solved["truncated-bptt"](*run, k), autograd(*run, k=k))


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_one_piece_is_full_bptt(solved, size):
    run = a_run(*size)
    whole = solved["truncated-bptt"](*run, size[1])
    assert_equal(whole[:3], solved["bptt-gradients"](*run))


def test_gradients_of_the_whole_character_model_are_autograd_s(solved):
    x, h0, W_ih, W_hh, b, _ = a_run(3, 9, 5, 6)
    generator = torch.Generator().manual_seed(1)
    targets = torch.randint(7, (3, 9), generator=generator)
    W_hy = torch.randn(7, 6, generator=generator, dtype=torch.float64)
    b_y = torch.randn(7, generator=generator, dtype=torch.float64)
    weights = [w.clone().requires_grad_() for w in (W_ih, W_hh, b, W_hy, b_y)]
    h, states = h0, []
    for t in range(9):
        h = torch.tanh(x[:, t] @ weights[0].T + h @ weights[1].T + weights[2])
        states.append(h)
    states = torch.stack(states, 1)
    logits = states @ weights[3].T + weights[4]
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    theirs = torch.autograd.grad(loss, weights)
    mine, d_out, dW_hy, db_y = solved["output-gradients"](states.detach(), W_hy, b_y, targets)
    assert mine.item() == pytest.approx(loss.item(), abs=ATOL)
    by_hand = *solved["bptt-gradients"](x, h0, W_ih, W_hh, b, d_out), dW_hy, db_y
    assert_equal(by_hand, theirs)


@pytest.mark.parametrize("T", [1, 10, 100])
def test_gradient_flow_is_that_of_autograd(solved, T):
    x, h0, W_ih, W_hh, b, _ = a_run(1, T, 4, 8)
    H = 8
    states = [h0.expand(H, H).clone().requires_grad_()]  # copy j asks about h_T[j] alone
    for t in range(T):
        states.append(torch.tanh(x[:, t] @ W_ih.T + states[-1] @ W_hh.T + b))
    gradients = torch.autograd.grad(states[-1].diagonal().sum(), states)
    theirs = torch.stack([g.square().sum().div(H).sqrt() for g in gradients])
    h = torch.stack([state[0] for state in states[1:]]).detach()
    torch.testing.assert_close(solved["gradient-flow"](1 - h**2, W_hh), theirs, rtol=1e-7, atol=0)
