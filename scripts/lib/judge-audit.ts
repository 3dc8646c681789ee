import { z } from 'zod';

/** `npm audit --json`, as far as it is needed: https://docs.npmjs.com/cli/commands/npm-audit */
const reportSchema = z.object({
	vulnerabilities: z.record(
		z.string(),
		z.object({
			name: z.string(),
			severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']),
			range: z.string(),
			fixAvailable: z.unknown()
		})
	),
	metadata: z.object({ vulnerabilities: z.object({ total: z.number() }) })
});

/** What npm prints instead when the registry did not answer as it should. */
const endpointFaultSchema = z.object({
	message: z.string(),
	statusCode: z.number().optional(),
	code: z.string().optional()
});

/** What npm prints when it could not even ask, e.g. for lack of a lock file. */
const faultSchema = z.object({ error: z.object({ code: z.string().nullish() }) });

export type AuditVerdict = {
	/** `unasked`: the list could not be reached. `broken`: npm could not look at what is installed. */
	readonly kind: 'clean' | 'vulnerable' | 'unasked' | 'broken';
	readonly lines: readonly string[];
};

function parse(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return null;
	}
}

/** Judges what `npm audit --json` printed. The registry's address stays out of what is said. */
export function judgeAudit(stdout: string): AuditVerdict {
	const printed = parse(stdout);
	const report = reportSchema.safeParse(printed).data;
	if (report) {
		const { total } = report.metadata.vulnerabilities;
		const grave = Object.values(report.vulnerabilities).filter(
			({ severity }) => severity === 'high' || severity === 'critical'
		);
		if (grave.length === 0) {
			return {
				kind: 'clean',
				lines: [`No dependency has a high or critical vulnerability (${total} lesser).`]
			};
		}
		const lines = grave.map(
			({ name, severity, range, fixAvailable }) =>
				`${severity}: ${name} ${range}${fixAvailable === false ? ' (no fix yet)' : ''}`
		);
		return { kind: 'vulnerable', lines: [...lines, '`npm audit` tells more.'] };
	}
	const fault = endpointFaultSchema.safeParse(printed).data;
	const why = fault?.statusCode ?? fault?.code ?? 'no answer';
	if (fault || printed === null) {
		return {
			kind: 'unasked',
			lines: [
				`The registry’s list of vulnerabilities can’t be asked (${why}): nothing was checked.`
			]
		};
	}
	const code = faultSchema.safeParse(printed).data?.error.code ?? 'an unknown answer';
	return { kind: 'broken', lines: [`npm could not look at the dependencies: ${code}.`] };
}
