// ActivationType of activation_type.h, as the specialisation constant 1.
layout(constant_id = 1) const uint kActivation = 0;

// x / (1 + exp(-z)). The exponent is held below overflow, where the quotient is 0 in all but name: an infinity here is
// not defined on every device.
vec4 timesSigmoid(vec4 x, vec4 z) {
    return x / (1.0 + exp(min(-z, vec4(87.0))));
}

const uint kGeluTanh = 1;
const uint kClampedSilu = 2;
const float kClamp = 7.0;

vec4 activation(vec4 x) {
    switch (kActivation) {
        case kGeluTanh: return timesSigmoid(x, 1.5957691216057308 * (x + 0.044715 * x * x * x));
        case kClampedSilu: return timesSigmoid(min(x, kClamp), 1.702 * min(x, kClamp));
        default: return timesSigmoid(x, x);  // silu
    }
}

// What the activation of a gate is multiplied by.
vec4 gatedValue(vec4 up) {
    return kActivation == kClampedSilu ? clamp(up, -kClamp, kClamp) + 1.0 : up;
}
