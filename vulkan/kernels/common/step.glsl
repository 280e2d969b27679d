// StepParams of step.h, at the binding STEP_BINDING.
layout(std430, binding = STEP_BINDING) readonly buffer Step {
    uint stepPosition;
    uint stepTokenCount;
};
