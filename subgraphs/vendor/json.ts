/**
 * A number that JavaScript's own would write otherwise than it stands: minus zero, more than 15 digits, a final zero, an
 * exponent or a value that gets one. In a text that looks like one it does no harm.
 */
const INEXACT = /[:[,]\s*(?:-0(?![.\d])|-?(?:[\d.]{16,}|\d+\.\d*0(?!\d)|0\.0{6}|\d[\d.]*[eE]))/;

/** May the JSON be read by the engine's own parser, without any number losing what stood there? */
export const isExact = (json: string): boolean => !INEXACT.test(json);
