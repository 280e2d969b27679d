#!/usr/bin/env python3
"""Writes format_goldens.txt: one block of every quantised weight format and the values it stands for.

An implementation of its own, from the descriptions of the formats and not from vulkan/formats (the grids of iq_grids.h,
which are constants, excepted): tst_formats compares the two. Run by hand (needs numpy) when a format is added:
python3 format_goldens.py > format_goldens.txt
"""
import pathlib
import re
import sys

import numpy as np

RANDOM = None  # of the format at hand, so that the others stay as they are when one is added


def noise(count):
    return RANDOM.integers(0, 256, count).astype(np.uint8)


def half(value):
    return np.frombuffer(np.float16(value).tobytes(), np.uint8)


def number(block, at):
    return float(np.frombuffer(block[at:at + 2].tobytes(), "<f2")[0])


def bits(octets, width):
    """All fields of `width` bits, from the lowest bit of the first byte."""
    flat = np.unpackbits(octets, bitorder="little").reshape(-1, width).astype(np.int64)
    return flat @ (1 << np.arange(width))


def nibbles32(octets):
    """16 bytes: the low halves, then the high halves."""
    return np.concatenate([octets & 15, octets >> 4]).astype(np.int64)


def halves128(octets, shifts):
    """32 bytes for each 128 elements: field k of a byte is 32 elements after field k-1."""
    width = 8 // shifts
    rows = [bits(octets[at:at + 32], width).reshape(32, shifts).T.ravel() for at in range(0, len(octets), 32)]
    return np.concatenate(rows)


def k_scales(octets):
    """12 bytes: 8 scales and 8 minimums of 6 bits."""
    a, b, c = octets[:4].astype(int), octets[4:8].astype(int), octets[8:].astype(int)
    scales = np.concatenate([a % 64, c % 16 + a // 64 * 16])
    minimums = np.concatenate([b % 64, c // 16 + b // 64 * 16])
    return scales, minimums


IQ4 = np.array([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113])
MXFP4 = np.array([0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12])


def q4_0():
    block = np.concatenate([half(0.375), noise(16)])
    return block, 0.375 * (nibbles32(block[2:]) - 8)


def q4_1():
    block = np.concatenate([half(0.375), half(-2.25), noise(16)])
    return block, 0.375 * nibbles32(block[4:]) - 2.25


def q5_0():
    block = np.concatenate([half(-0.75), noise(20)])
    return block, -0.75 * (nibbles32(block[6:]) + 16 * bits(block[2:6], 1) - 16)


def q5_1():
    block = np.concatenate([half(0.75), half(-5.5), noise(20)])
    return block, 0.75 * (nibbles32(block[8:]) + 16 * bits(block[4:8], 1)) - 5.5


def q8_0():
    block = np.concatenate([half(0.375), noise(32)])
    return block, 0.375 * block[2:].view(np.int8)


def iq4_nl():
    block = np.concatenate([half(0.375), noise(16)])
    return block, 0.375 * IQ4[nibbles32(block[2:])]


def mxfp4():
    block = np.concatenate([np.array([125], np.uint8), noise(16)])
    return block, 0.125 * MXFP4[nibbles32(block[1:])]


def q2_k():
    block = np.concatenate([noise(80), half(0.375), half(0.25)])
    scales, minimums = np.repeat(block[:16] & 15, 16), np.repeat(block[:16] >> 4, 16)
    return block, 0.375 * scales * halves128(block[16:80], 4) - 0.25 * minimums


def q3_k():
    block = np.concatenate([noise(108), half(0.375)])
    third = halves128(block[:32], 8)
    low = bits(block[96:104], 4).reshape(8, 2).T.ravel()
    scales = low + 16 * bits(block[104:108], 2).reshape(4, 4).T.ravel() - 32
    return block, 0.375 * np.repeat(scales, 16) * (halves128(block[32:96], 4) + 4 * third - 4)


def q4_k():
    block = np.concatenate([half(0.375), half(0.25), noise(140)])
    scales, minimums = (np.repeat(x, 32) for x in k_scales(block[4:16]))
    quants = np.concatenate([nibbles32(block[at:at + 32]) for at in range(16, 144, 32)])
    return block, 0.375 * scales * quants - 0.25 * minimums


def q5_k():
    block = np.concatenate([half(0.375), half(0.25), noise(172)])
    scales, minimums = (np.repeat(x, 32) for x in k_scales(block[4:16]))
    quants = np.concatenate([nibbles32(block[at:at + 32]) for at in range(48, 176, 32)])
    return block, 0.375 * scales * (quants + 16 * halves128(block[16:48], 8)) - 0.25 * minimums


def q6_k():
    block = np.concatenate([noise(208), half(0.375)])
    low = np.concatenate([np.concatenate([block[at:at + 64] & 15, block[at:at + 64] >> 4]) for at in (0, 64)])
    scales = np.repeat(block[192:208].view(np.int8).astype(int), 16)
    return block, 0.375 * scales * (low.astype(int) + 16 * halves128(block[128:192], 4) - 32)


def iq4_xs():
    block = np.concatenate([half(0.375), noise(134)])
    scales = bits(block[4:8], 4) + 16 * bits(block[2:4], 2) - 32
    quants = np.concatenate([nibbles32(block[at:at + 16]) for at in range(8, 136, 16)])
    return block, 0.375 * np.repeat(scales, 32) * IQ4[quants]


def grid(name, width):
    """A constant array of iq_grids.h as rows of sizes, `width` bits each."""
    text = (pathlib.Path(__file__).parents[3] / "vulkan/formats/iq_grids.h").read_text()
    numbers = re.search(name + r"\[\d+\] = \{(.*?)\}", text, re.DOTALL).group(1)
    words = np.array([int(number, 16) for number in re.findall("0x[0-9a-f]+", numbers)], "<u2")
    return bits(words.view(np.uint8), width).reshape(len(words), 16 // width)


def seven_signs(words, shift):
    """+1 and -1 for eight elements from seven bits; the number of -1 is even."""
    flags = (words[:, None] >> (shift + np.arange(7))) & 1
    return 1 - 2 * np.concatenate([flags, flags.sum(1, keepdims=True) % 2], 1)


IQ2 = np.array([8, 25, 43])
IQ3_XXS = np.array([4, 12, 20, 28, 36, 44, 52, 62])


def iq2_xxs():
    block = np.concatenate([half(0.375), noise(64)])
    groups = block[2:].reshape(8, 8)
    words = np.ascontiguousarray(groups[:, 4:]).view("<u4").ravel().astype(np.int64)
    signs = np.stack([seven_signs(words, shift) for shift in (0, 7, 14, 21)], 1)
    values = IQ2[grid("kIq2XxsGrid", 2)[groups[:, :4]]] * signs
    return block, (0.375 * (0.5 + (words >> 28)) * 0.25)[:, None] * values.reshape(8, 32)


def iq2_xs():
    block = np.concatenate([half(0.375), noise(72)])
    words = block[2:66].view("<u2").astype(np.int64)
    values = IQ2[grid("kIq2XsGrid", 2)[words % 512]] * seven_signs(words, 9)
    return block, (0.375 * (0.5 + bits(block[66:], 4)) * 0.25)[:, None] * values.reshape(16, 16)


def iq2_s():
    block = np.concatenate([half(0.375), noise(80)])
    indices = block[2:34] + 256 * bits(block[66:74], 2)
    values = IQ2[grid("kIq2SGrid", 2)[indices]].ravel() * (1 - 2 * bits(block[34:66], 1))
    return block, (0.375 * (0.5 + bits(block[74:], 4)) * 0.25)[:, None] * values.reshape(16, 16)


def iq3_xxs():
    block = np.concatenate([half(0.375), noise(96)])
    words = block[66:].view("<u4").astype(np.int64)
    signs = np.stack([seven_signs(words, shift) for shift in (0, 7, 14, 21)], 1).reshape(8, 32)
    values = IQ3_XXS[grid("kIq3XxsGrid", 4)[block[2:66]]].reshape(8, 32) * signs
    return block, (0.375 * (0.5 + (words >> 28)) * 0.5)[:, None] * values


def iq3_s():
    block = np.concatenate([half(0.375), noise(108)])
    indices = block[2:66] + 256 * bits(block[66:74], 1)
    values = (2 * grid("kIq3SGrid", 4)[indices].ravel() + 1) * (1 - 2 * bits(block[74:106], 1))
    return block, (0.375 * (1 + 2 * bits(block[106:], 4)))[:, None] * values.reshape(8, 32)


FORMATS = [q4_0, q4_1, q5_0, q5_1, q8_0, mxfp4, iq4_nl, q2_k, q3_k, q4_k, q5_k, q6_k, iq4_xs,
           iq2_xxs, iq2_xs, iq2_s, iq3_xxs, iq3_s]

if __name__ == "__main__":
    for make in FORMATS:
        RANDOM = np.random.default_rng(list(make.__name__.encode()))
        block, values = make()
        sys.stdout.write(f"{make.__name__.upper()} {block.tobytes().hex()}\n")
        sys.stdout.write(" ".join(f"{value:.9g}" for value in np.ravel(values)) + "\n")
