// cap * tanh(x / cap). tanh is ours: through exponentials it loses small numbers to cancellation, so those come from
// its Taylor series (the first term left out is under 2^-23 of the result).
float softCap(float x, float cap) {
    const float y = x / cap;
    const float z = y * y;
    if (z < 0.16) {
        const float tail = z * (-5.39682540e-2 + z * (2.18694885e-2 + z * -8.86323553e-3));
        return x * (1.0 + z * (-3.33333333e-1 + z * (1.33333333e-1 + tail)));
    }
    const float size = cap * (1.0 - 2.0 / (exp(min(2.0 * abs(y), 40.0)) + 1.0));
    return x < 0.0 ? -size : size;
}
