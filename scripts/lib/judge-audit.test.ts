import { expect, test } from 'vitest';
import { judgeAudit } from './judge-audit.ts';

function report(...severities: string[]): string {
	const vulnerabilities = severities.map((severity, n) => [
		`package-${n}`,
		{ name: `package-${n}`, severity, range: '<1.2.3', via: [], fixAvailable: n > 0 }
	]);
	return JSON.stringify({
		auditReportVersion: 2,
		vulnerabilities: Object.fromEntries(vulnerabilities),
		metadata: { vulnerabilities: { total: severities.length } }
	});
}

test('nothing, or nothing grave, is clean', () => {
	expect(judgeAudit(report()).kind).toBe('clean');
	expect(judgeAudit(report('low', 'moderate', 'info'))).toEqual({
		kind: 'clean',
		lines: ['No dependency has a high or critical vulnerability (3 lesser).']
	});
});

test.each(['high', 'critical'])('a %s one fails, and is named', (severity) => {
	const { kind, lines } = judgeAudit(report(severity, 'low'));
	expect(kind).toBe('vulnerable');
	expect(lines).toEqual([`${severity}: package-0 <1.2.3 (no fix yet)`, '`npm audit` tells more.']);
});

test.each([
	[
		'refuses',
		'{"message":"405 Method Not Allowed - POST https://registry.example/x","statusCode":405}'
	],
	['is away', '{"message":"request to https://registry.example/x failed","code":"ENOTFOUND"}'],
	['says nothing', ''],
	['speaks otherwise', '<html>']
])('a registry that %s is no vulnerability, is told, and not named', (_, stdout) => {
	const { kind, lines } = judgeAudit(stdout);
	expect(kind).toBe('unasked');
	expect(lines.join()).toMatch(/can’t be asked \((405|ENOTFOUND|no answer)\)/);
	expect(lines.join()).not.toContain('registry.example');
});

test('an audit that npm can’t make is a fault of ours', () => {
	expect(judgeAudit('{"error":{"code":"ENOLOCK","summary":"","detail":""}}')).toEqual({
		kind: 'broken',
		lines: ['npm could not look at the dependencies: ENOLOCK.']
	});
	expect(judgeAudit('{"other":1}').kind).toBe('broken');
});
