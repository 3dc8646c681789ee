/** A field that broke a rule: where it is, and the rule as the rest of a sentence. */
type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

const MAX_ISSUES = 5;

/**
 * Says what is wrong with a line in one sentence per field: which field, the rule, what was found.
 * @param value the line as it was read, to quote from
 */
export function explainIssues(issues: readonly Issue[], value: unknown): string {
	const shown = issues.slice(0, MAX_ISSUES).map((issue) => explainIssue(issue, value));
	const hidden = issues.length - shown.length;
	return `${shown.join('; ')}${hidden > 0 ? `; and ${hidden} more` : ''}.`;
}

function explainIssue(issue: Issue, value: unknown): string {
	let found = value;
	let place = '';
	let field = '';
	for (const key of issue.path) {
		found = child(found, key);
		if (typeof key === 'number') {
			place += `"${field}" entry ${key + 1}, `;
			field = '';
		} else {
			field = field === '' ? String(key) : `${field}.${String(key)}`;
		}
	}
	const subject = field === '' ? place.replace(/, $/, '') : `${place}"${field}"`;
	return `${subject} ${issue.message}${found === undefined ? '' : ` (found ${quote(found)})`}`;
}

/** The value of an own key, undefined when there is none. */
export function child(value: unknown, key: PropertyKey): unknown {
	if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
	return Reflect.get(value, key);
}

/** The value as it stands in the file, cut so that one bad line can't fill the screen. */
export function quote(value: unknown): string {
	const json = JSON.stringify(value) ?? 'nothing';
	return json.length <= 60 ? json : `${json.slice(0, 57).toWellFormed()}…`;
}
