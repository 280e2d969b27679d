// Which of a long row of numbers an invocation works on: dispatches may have more than 65535 groups in all, so groups
// are laid out in two dimensions (grid.h) and counted in one.
uint groupIndex() {
    return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
}
