"""The compiled loops: oscillators, recursive filters, echoes. Imports numba: import it lazily."""

# mypy: disallow-untyped-decorators=False
from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Signal = NDArray[np.float32]


@njit(cache=True, inline="always")
def _blep(phase: float, step: float) -> float:
    """Polynomial band-limited step (Välimäki and Huovilainen 2007), two samples wide."""
    if phase < step:
        t = phase / step
        return t + t - t * t - 1.0
    if phase > 1.0 - step:
        t = (phase - 1.0) / step
        return t * t + t + t + 1.0
    return 0.0


@njit(cache=True)
def saw(steps: Signal, phase: float) -> Signal:
    """Band-limited rising saw, -1..1, (n,).

    Args:
        steps: (n,), cycles per sample.
        phase: at the start, 0..1.
    """
    out = np.empty(steps.shape[0], np.float32)
    for n in range(steps.shape[0]):
        step = steps[n]
        out[n] = 2.0 * phase - 1.0 - _blep(phase, step)
        phase += step
        phase -= math.floor(phase)
    return out


@njit(cache=True)
def pulse(steps: Signal, widths: Signal, phase: float) -> Signal:
    """Band-limited pulse, -1..1, without DC, (n,).

    Args:
        steps: (n,), cycles per sample.
        widths: (n,), share of the cycle that is high.
        phase: at the start, 0..1.
    """
    out = np.empty(steps.shape[0], np.float32)
    for n in range(steps.shape[0]):
        step, width = steps[n], widths[n]
        value = 1.0 if phase < width else -1.0
        falling = phase - width
        falling -= math.floor(falling)
        out[n] = value + _blep(phase, step) - _blep(falling, step) - (2.0 * width - 1.0)
        phase += step
        phase -= math.floor(phase)
    return out


@njit(cache=True)
def unison(steps: Signal, ratios: Signal, phases: Signal, left: Signal, right: Signal) -> Signal:
    """Detuned saws, (n, 2).

    Args:
        steps: (n,), cycles per sample of the untuned voice.
        ratios: (voices,), tuning of each.
        phases: (voices,), 0..1 at the start.
        left, right: (voices,), gains.
    """
    out = np.zeros((steps.shape[0], 2), np.float32)
    for v in range(ratios.shape[0]):
        phase, ratio = float(phases[v]), float(ratios[v])
        for n in range(steps.shape[0]):
            step = steps[n] * ratio
            value = 2.0 * phase - 1.0 - _blep(phase, step)
            out[n, 0] += left[v] * value
            out[n, 1] += right[v] * value
            phase += step
            phase -= math.floor(phase)
    return out


@njit(cache=True)
def ladder(signal: Signal, cutoffs: Signal, feedback: Signal, rate: float, diode: bool) -> Signal:
    """Four poles with saturating feedback, (n,); trapezoidal (Zavalishin 2012, chapter 5).

    Args:
        signal: (n,).
        cutoffs: (n,), Hz.
        feedback: (n,); 4 is the edge of oscillation.
        rate: samples per second.
        diode: the first pole lies an octave higher and the feedback passes a high-pass, as in the
            small silver bass machine: the bass stays when the resonance rises.
    """
    out = np.empty(signal.shape[0], np.float32)
    s0, s1, s2, s3, low = 0.0, 0.0, 0.0, 0.0, 0.0
    spread = 2.0 if diode else 1.0
    drop = 1.0 - math.exp(-2.0 * math.pi * 120.0 / rate) if diode else 0.0
    a, b = 0.0, 0.0
    for n in range(signal.shape[0]):
        if n == 0 or cutoffs[n] != cutoffs[n - 1]:
            cutoff = min(max(cutoffs[n], 16.0), 0.45 * rate)
            g = math.tan(math.pi * cutoff / rate)
            first = math.tan(math.pi * min(cutoff * spread, 0.48 * rate) / rate) if diode else g
            a, b = first / (1.0 + first), g / (1.0 + g)
        k = feedback[n]
        rest = b * b * b * (1.0 - a) * s0 + b * b * (1.0 - b) * s1 + b * (1.0 - b) * s2
        rest += (1.0 - b) * s3
        u = math.tanh((signal[n] - k * (rest - low)) / (1.0 + k * a * b * b * b))
        v = a * (u - s0)
        y = v + s0
        s0 = y + v
        v = b * (y - s1)
        y = v + s1
        s1 = y + v
        v = b * (y - s2)
        y = v + s2
        s2 = y + v
        v = b * (y - s3)
        y = v + s3
        s3 = y + v
        low += drop * (y - low)
        out[n] = y
    return out


@njit(cache=True)
def state_variable(signal: Signal, cutoffs: Signal, damping: Signal, mode: int) -> Signal:
    """Two poles, (n, c); trapezoidal (Zavalishin 2012, chapter 4).

    Args:
        signal: (n, c).
        cutoffs: (n,), Hz.
        damping: (n,), 1/Q.
        mode: 0 low-pass, 1 band-pass (unit peak), 2 high-pass, 3 notch.
    """
    out = np.empty(signal.shape, np.float32)
    first, second = np.zeros(signal.shape[1]), np.zeros(signal.shape[1])
    for n in range(signal.shape[0]):
        g = math.tan(math.pi * min(max(cutoffs[n], 10.0), 20000.0) / 44100.0)
        r = damping[n]
        scale = 1.0 + r * g + g * g
        for c in range(signal.shape[1]):
            s1, s2 = first[c], second[c]
            high = (signal[n, c] - (r + g) * s1 - s2) / scale
            v = g * high
            band = v + s1
            first[c] = band + v
            v = g * band
            low = v + s2
            second[c] = low + v
            if mode == 0:
                out[n, c] = low
            elif mode == 1:
                out[n, c] = r * band
            elif mode == 2:
                out[n, c] = high
            else:
                out[n, c] = low + high
    return out


@njit(cache=True)
def sections(signal: Signal, sos: NDArray[np.float64]) -> Signal:
    """Second-order sections, transposed direct form II, (n, c).

    Args:
        signal: (n, c).
        sos: (k, 6), numerators and denominators whose first coefficient is 1.
    """
    frames, channels, count = signal.shape[0], signal.shape[1], sos.shape[0]
    out = np.empty((frames, channels), np.float32)
    state = np.zeros((count, channels, 2))
    for start in range(0, frames, 4096):
        # After a second of silence the states would be numbers too small for the fast path.
        if np.abs(state).max() < 1e-30:
            state[:] = 0.0
        for n in range(start, min(start + 4096, frames)):
            for c in range(channels):
                x = float(signal[n, c])
                for k in range(count):
                    y = sos[k, 0] * x + state[k, c, 0]
                    state[k, c, 0] = sos[k, 1] * x - sos[k, 4] * y + state[k, c, 1]
                    state[k, c, 1] = sos[k, 2] * x - sos[k, 5] * y
                    x = y
                out[n, c] = x
    return out


@njit(cache=True)
def weighted_energy(signal: Signal, sos: NDArray[np.float64], hop: int) -> NDArray[np.float64]:
    """Energy of a sound behind a filter, hop by hop.

    Args:
        signal: (n, c).
        sos: (sections, 6) second-order sections, as scipy.signal has them.
        hop: samples.

    Returns:
        (n // hop,) sums of squares over all channels; a last hop that is not whole is left out.
    """
    channels, count = signal.shape[1], sos.shape[0]
    out = np.zeros(signal.shape[0] // hop)
    state = np.zeros((count, channels, 2))
    for block in range(out.shape[0]):
        if np.abs(state).max() < 1e-30:
            state[:] = 0.0
        total = 0.0
        for n in range(block * hop, (block + 1) * hop):
            for c in range(channels):
                x = float(signal[n, c])
                for k in range(count):
                    y = sos[k, 0] * x + state[k, c, 0]
                    state[k, c, 0] = sos[k, 1] * x - sos[k, 4] * y + state[k, c, 1]
                    state[k, c, 1] = sos[k, 2] * x - sos[k, 5] * y
                    x = y
                total += x * x
        out[block] = total
    return out


@njit(cache=True)
def follow(starts: NDArray[np.int64], targets: Signal, glides: Signal, frames: int) -> Signal:
    """A control signal that steps or glides from target to target, (frames,).

    Args:
        starts: (k,), samples, rising.
        targets: (k,).
        glides: (k,), time constants in samples; 0 steps.
        frames: length.
    """
    out = np.empty(frames, np.float32)
    value = float(targets[0])
    k = -1
    rate = 1.0
    for n in range(frames):
        while k + 1 < starts.shape[0] and n >= starts[k + 1]:
            k += 1
            rate = 1.0 - math.exp(-1.0 / glides[k]) if glides[k] > 0.0 else 1.0
        if k >= 0:
            value += rate * (targets[k] - value)
        out[n] = value
    return out


@njit(cache=True)
def decays(
    starts: NDArray[np.int64], peaks: Signal, lengths: Signal, attack: float, frames: int
) -> Signal:
    """An envelope that restarts at each start, (frames,).

    Args:
        starts: (k,), samples, rising.
        peaks: (k,), what it rises to.
        lengths: (k,), time constants of the fall, samples.
        attack: time constant of the rise, samples.
        frames: length.
    """
    out = np.empty(frames, np.float32)
    value, target, rate = 0.0, 0.0, 0.0
    rise = 1.0 - math.exp(-1.0 / max(attack, 1e-3))
    k = -1
    for n in range(frames):
        while k + 1 < starts.shape[0] and n >= starts[k + 1]:
            k += 1
            target = peaks[k]
            rate = math.exp(-1.0 / lengths[k])
        value += rise * (target - value)
        target *= rate
        out[n] = value
    return out


@njit(cache=True)
def gates(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    levels: Signal,
    attack: float,
    release: float,
    frames: int,
) -> Signal:
    """An envelope that is high between starts and ends, with one-pole slopes, (frames,).

    Args:
        starts, ends: (k,), samples, rising.
        levels: (k,), how high.
        attack, release: time constants, samples.
        frames: length.
    """
    out = np.empty(frames, np.float32)
    rise = 1.0 - math.exp(-1.0 / attack)
    fall = 1.0 - math.exp(-1.0 / release)
    value, k = 0.0, -1
    for n in range(frames):
        while k + 1 < starts.shape[0] and n >= starts[k + 1]:
            k += 1
        target = levels[k] if k >= 0 and n < ends[k] else 0.0
        value += (rise if target > value else fall) * (target - value)
        out[n] = value
    return out


@njit(cache=True)
def echo(
    signals: Signal,
    times: NDArray[np.float64],
    feedback: float,
    cross: float,
    low: float,
    high: float,
    wobble: float,
    drive: float,
) -> Signal:
    """Two tape loops that several signals go round together; only the repeats, (p, n, 2).

    The tape saturates by their sum: each signal is multiplied by the gain that the sum gets at
    that moment, so that the repeats of all add up to the repeats of the sum.

    Args:
        signals: (p, n, 2).
        times: (2,), of the loops, samples.
        feedback: what goes round again, 0..1.
        cross: share of each loop's output that feeds the other one.
        low, high: one-pole coefficients of high-pass and low-pass in the loop.
        wobble: depth of the slow tape flutter, samples.
        drive: into the saturation.
    """
    count, frames = signals.shape[0], signals.shape[1]
    size = int(max(times[0], times[1]) + wobble + 8.0)
    line = np.zeros((size, 2, count))
    out = np.empty(signals.shape, np.float32)
    bass, treble = np.zeros((2, count)), np.zeros((2, count))
    fed = np.zeros(count)
    for n in range(frames):
        flutter = wobble * (1.0 + math.sin(n * 8.3e-5) * 0.7 + math.sin(n * 2.9e-4) * 0.3) * 0.5
        for c in range(2):
            at = n - times[c] - flutter
            whole = math.floor(at)
            part = at - whole
            i = int(whole) % size
            j = (i + 1) % size
            for p in range(count):
                value = (1.0 - part) * line[i, c, p] + part * line[j, c, p] if at >= 0 else 0.0
                bass[c, p] += low * (value - bass[c, p])
                treble[c, p] += high * (value - bass[c, p] - treble[c, p])
                out[p, n, c] = value
        for c in range(2):
            total = 0.0
            for p in range(count):
                back = (1.0 - cross) * treble[c, p] + cross * treble[1 - c, p]
                fed[p] = signals[p, n, c] + feedback * back
                total += fed[p]
            hot = drive * total
            gain = math.tanh(hot) / hot if abs(hot) > 1e-6 else 1.0
            for p in range(count):
                line[n % size, c, p] = gain * fed[p]
    return out


@njit(cache=True)
def swirl(signal: Signal, delays: Signal) -> Signal:
    """A modulated delay, linearly interpolated, (n, c).

    Args:
        signal: (n, c).
        delays: (n, c), samples.
    """
    out = np.empty(signal.shape, np.float32)
    for c in range(signal.shape[1]):
        for n in range(signal.shape[0]):
            at = n - delays[n, c]
            whole = math.floor(at)
            i = int(whole)
            part = at - whole
            before = signal[i, c] if i >= 0 else 0.0
            after = signal[i + 1, c] if 0 <= i + 1 <= n else before
            out[n, c] = (1.0 - part) * before + part * after
    return out


@njit(cache=True)
def string(excitation: Signal, period: float, damping: float, brightness: float) -> Signal:
    """Plucked string (Karplus and Strong 1983) with a one-pole loss filter in the loop, (n,).

    Args:
        excitation: (n,), what plucks it.
        period: of the tone, samples.
        damping: what is left after each period, 0..1.
        brightness: coefficient of the loss filter, 0..1.
    """
    size = int(period)
    part = period - size
    line = np.zeros(size + 1)
    out = np.empty(excitation.shape[0], np.float32)
    filtered = 0.0
    for n in range(excitation.shape[0]):
        i = n % (size + 1)
        value = (1.0 - part) * line[(i + 1) % (size + 1)] + part * line[i]
        filtered += brightness * (value - filtered)
        out[n] = value
        line[i] = excitation[n] + damping * filtered
    return out


@njit(cache=True)
def gain_reduction(
    levels: Signal, threshold: float, ratio: float, attack: float, release: float
) -> Signal:
    """Gain reduction of a feed-forward compressor with a 6 dB soft knee, dB, (n,).

    Args:
        levels: (n,), dB.
        threshold: dB.
        ratio: input dB for 1 dB of output, above the threshold.
        attack, release: time constants in steps of `levels`.
    """
    out = np.empty(levels.shape[0], np.float32)
    rise, fall = 1.0 - math.exp(-1.0 / attack), 1.0 - math.exp(-1.0 / release)
    held = 0.0
    for n in range(levels.shape[0]):
        over = levels[n] - threshold
        wanted = 0.0
        if over > 3.0:
            wanted = over * (1.0 - 1.0 / ratio)
        elif over > -3.0:
            wanted = (1.0 - 1.0 / ratio) * (over + 3.0) ** 2 / 12.0
        held += (rise if wanted > held else fall) * (wanted - held)
        out[n] = held
    return out


@njit(cache=True)
def recover(wanted: Signal, rate: float) -> Signal:
    """A limiter's gain: down at once, and up again gradually.

    Args:
        wanted: (n,) 0..1, the gain that is needed at each sample.
        rate: 0..1, how much of what is missing comes back with each sample.

    Returns:
        (n,), nowhere above `wanted`.
    """
    out = np.empty(wanted.shape[0], np.float32)
    held = 1.0
    for n in range(wanted.shape[0]):
        held = min(wanted[n], held + rate * (1.0 - held))
        out[n] = held
    return out


@njit(cache=True)
def clip_parts(parts: Signal, gain: float, knee: float) -> Signal:
    """Clip the sum of parts at full scale, each part by the gain of the sum, (p, n, c).

    Args:
        parts: (p, n, c).
        gain: factor before it.
        knee: 0..1, up to where it is straight.
    """
    out = np.empty(parts.shape, np.float32)
    count = parts.shape[0]
    for n in range(parts.shape[1]):
        for c in range(parts.shape[2]):
            total = 0.0
            for p in range(count):
                total += parts[p, n, c]
            size = abs(total) * gain
            factor = gain
            if size > knee:
                rounded = knee + (1.0 - knee) * math.tanh((size - knee) / (1.0 - knee))
                factor *= rounded / size
            for p in range(count):
                out[p, n, c] = factor * parts[p, n, c]
    return out


@njit(cache=True)
def quantise_parts(parts: Signal, step: float) -> Signal:
    """Round the sum of parts to whole steps.

    What the rounding adds is shared by the parts as their power of the last milliseconds is.

    Args:
        parts: (p, n, c).
        step: the resolution; full scale is 1.

    Returns:
        (p, n, c), whose sum over p is a multiple of `step` everywhere.
    """
    out = parts.copy()
    count = parts.shape[0]
    for c in range(parts.shape[2]):
        power = np.zeros(count)
        for n in range(parts.shape[1]):
            total, loud = 0.0, 1e-30
            for p in range(count):
                value = parts[p, n, c]
                total += value
                power[p] += 0.005 * (value * value - power[p])
                loud += power[p]
            error = step * math.floor(total / step + 0.5) - total
            for p in range(count):
                out[p, n, c] += error * power[p] / loud
    return out
