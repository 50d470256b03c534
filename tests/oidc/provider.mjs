// The OpenID provider of the tests: oidc-provider with its own login and consent pages, configured by the environment.
import Provider from 'oidc-provider';
import { generateKeyPairSync } from 'node:crypto';

const { PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, LOGOUT_URI, BACKCHANNEL_URI, BY_SESSION, PEOPLE, ALGORITHM = 'ES256' } = process.env;
const people = JSON.parse(PEOPLE);
const jwk = (type, options, kid, alg) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig',
});
const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  clients: [{
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    redirect_uris: [REDIRECT_URI],
    post_logout_redirect_uris: [LOGOUT_URI],
    id_token_signed_response_alg: ALGORITHM,
    backchannel_logout_uri: BACKCHANNEL_URI,
    backchannel_logout_session_required: BY_SESSION === 'true',
  }],
  jwks: {
    keys: [
      jwk('ec', { namedCurve: 'P-256' }, 'es256', 'ES256'),
      jwk('rsa', { modulusLength: 2048 }, 'rs256', 'RS256'),
      jwk('ed25519', {}, 'eddsa', 'EdDSA'),
    ],
  },
  enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256', 'EdDSA'] },
  pkce: { methods: ['S256'], required: () => true },
  conformIdTokenClaims: false,
  claims: { openid: ['sub'], profile: ['preferred_username', 'groups', 'amr'], email: ['email', 'email_verified'] },
  findAccount: (_, id) => (people[id] ? { accountId: id, claims: () => ({ sub: id, ...people[id] }) } : undefined),
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true }, backchannelLogout: { enabled: true } },
  cookies: { keys: ['of a test'] },
});
// How somebody signed in is of their session there, and no claim of the account: its own pages say nothing of it.
const { loginAccount } = provider.Session.prototype;
provider.Session.prototype.loginAccount = function (details) {
  return loginAccount.call(this, { ...details, amr: people[details.accountId]?.amr });
};
provider.on('backchannel.error', (_, error) => console.error('back-channel logout', error));
provider.listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
