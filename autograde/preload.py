"""Imported by the process that a batch's workers are forked from: what they all need, once.

multiprocessing.get_context("forkserver").set_forkserver_preload(["autograde.preload"])
"""

import gc
import os

import distributed  # noqa: F401
import torch._dynamo  # noqa: F401  (the first optimizer that is made imports it)

from autograde import worker  # noqa: F401

os.setsid()  # Ctrl-C at a terminal is for the batch, which then ends its workers
gc.freeze()  # a collection in a worker would write on, and so copy, every page of torch
