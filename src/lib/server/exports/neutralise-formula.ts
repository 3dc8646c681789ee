/**
 * What makes a spreadsheet take a cell for a formula: `= + - @`, TAB, CR (OWASP, "CSV Injection"), and
 * their full-width and small forms, which Excel reads alike under some languages. White space, characters
 * that can't be seen, and quotes before them are skipped: programs strip those when they import.
 */
const FORMULA = /^[\s\p{Cf}\p{Pi}\p{Pf}'"＇＂]*[=+\-@＝＋－＠﹦﹢﹣﹫\t\r]/u;

/**
 * Makes a text that people wrote safe to open in a spreadsheet: what could start a formula gets a `'` in
 * front, which spreadsheets take for "this is text". Everything else stays as it is.
 */
export function neutraliseFormula(text: string): string {
	return FORMULA.test(text) ? `'${text}` : text;
}
