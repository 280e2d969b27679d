// The dot product of four signed bytes with four others, one instruction on most devices (SPV_KHR_integer_dot_product).
// Declared here because glslc learned GL_EXT_integer_dot_product only in 2025.
#extension GL_EXT_spirv_intrinsics : require

// The literal 0 says that a word is four bytes.
spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"], capabilities = [6019, 6018], id = 4450)
int signedDot4(uint a, uint b, spirv_literal int packedAs);

int dot4(uint a, uint b) {
    return signedDot4(a, b, 0);
}

int sum4(uint a) {
    return signedDot4(a, 0x01010101u, 0);
}
