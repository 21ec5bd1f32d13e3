// Vector constants as variables that the module sets when it starts: V8 makes a vector constant anew, in several
// instructions, each time it is used, but loads a variable with one.

function splatted(value: i32): v128 {
  return i32x4.splat(value);
}

/** The least integer: below every order key. */
export const LEAST4 = splatted(0x80000000);
