import { expect, test } from 'vitest';
import { securityHeaders } from './security-headers.ts';

test('browsers are bound to TLS only where they come over TLS', () => {
	expect(securityHeaders(true)['strict-transport-security']).toBe('max-age=31536000');
	expect(securityHeaders(false)).not.toHaveProperty('strict-transport-security');
});
