import { parseArgs } from 'node:util';
import { FakeMeta } from './fake-meta/server.ts';

// A stand-in for Meta to try the product against by hand: npm run fake-meta [-- --port N] [--seed N]
// Stdout gets the lines for `.env`, stderr the rest.

function readOptions(): { port: number; seed: number | undefined } {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '4100' },
			seed: { type: 'string' }
		}
	});
	const port = Number(values.port);
	const seed = values.seed === undefined ? undefined : Number(values.seed);
	if (!Number.isInteger(port) || port < 0 || port > 65_535) {
		throw new Error('--port takes a port number');
	}
	if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0)) {
		throw new Error('--seed takes a whole number');
	}
	return { port, seed };
}

/** The page, its account and one account of Instagram Login; both kinds are live. */
function inventShop(fake: FakeMeta): { live: string; media: string } {
	const person = fake.addPerson({ name: 'Tilda Ashgrove' });
	const page = fake.addPage(person, {
		name: 'Ashgrove Finds',
		instagram: { username: 'ashgrove.finds' }
	});
	fake.addInstagramAccount({ username: 'pellam.closet' });
	const live = page.goLive({ title: 'Saturday sale' });
	const media = page.instagram?.goLive();
	return { live: live.id, media: media?.id ?? '' };
}

const stopAsked = new Promise<void>((resolve) => {
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve());
});

try {
	const fake = await FakeMeta.start(readOptions());
	const { live, media } = inventShop(fake);
	for (const [name, value] of Object.entries(fake.env)) console.log(`${name}=${value}`);
	const comment = JSON.stringify({ live, userId: '7100', userName: 'Ann', text: 'sold 12' });
	console.error(
		`
The stand-in for Meta is running at ${fake.origin} (seed ${fake.seed}).
Put the lines above into .env and start the app. Tilda Ashgrove has the page “Ashgrove Finds”,
which is live on Facebook (${live}) and on Instagram (${media}).

  What is there:        curl ${fake.origin}/admin/state
  What can be done:     curl ${fake.origin}/admin
  A viewer comments:    curl -d '${comment}' ${fake.origin}/admin/comment
  Webhooks to the app:  curl -d '{"callbackUrl":"http://127.0.0.1:3000/webhooks/meta"}' ${fake.origin}/admin/subscribeApp
  A token dies:         curl -d '{"of":"PAGE ID"}' ${fake.origin}/admin/expireToken
  A throttle:           curl -d '{"kind":"throttle","code":32,"endpoint":"comments","times":3}' ${fake.origin}/admin/fail
  Meta on a bad day:    curl -d '{"name":"rough"}' ${fake.origin}/admin/preset

Ctrl-C ends it.`
	);
	await stopAsked;
	await fake.stop();
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}
