/** Of Prefect servers, AWS, and the network between. */
export const SERVERS = {
  'api-error': {
    cause: 'A Prefect 0.15 to 1.x server answered `API_ERROR` to every try.',
    remedy: "Read the server's log, then run the command again.",
  },
  'aws-denied': {
    cause: 'AWS refused the credentials, or they lack a permission.',
    remedy: 'Check the profile and the permissions. The message names the call and the resource.',
  },
  'aws-failed': {
    cause: 'AWS answered with an error that has no code of its own here.',
    remedy: 'Run the command again. If the error stays, check the network and the status page of AWS.',
  },
  'aws-no-credentials': {
    cause: 'The AWS SDK found no credentials, or a login has expired.',
    remedy: 'Log in, for example with `aws sso login`, or set `AWS_PROFILE` or the option `awsProfile`.',
  },
  'aws-no-region': {
    cause: 'No AWS region is set.',
    remedy: 'Set `AWS_REGION`, or the option `awsRegion` (for images: `region`).',
  },
  'aws-unreachable': {
    cause: 'S3 or ECR cannot be reached over the network.',
    remedy: 'Check the network, VPN and proxy of this machine, and the region.',
  },
  'aws-wrong-region': {
    cause: 'The bucket lies in another region than the one that is asked.',
    remedy: "Set the option `awsRegion` to the bucket's region.",
  },
  'bad-certificate': {
    cause: 'The certificate of a server or proxy is not trusted, has expired or is for another name.',
    remedy: 'Name the file of the signing authority in `NODE_EXTRA_CA_CERTS`, or correct the certificate or address.',
  },
  'bucket-not-found': {
    cause: 'The bucket of the option `s3Bucket` does not exist.',
    remedy: 'Create the bucket, or correct the option.',
  },
  'certificates-not-found': {
    cause: 'An environment variable names a file of certificates that cannot be read.',
    remedy: 'Point the variable to a file in PEM form, or unset it.',
  },
  'credentials-in-url': {
    cause: 'The address of the Prefect server contains a user name or password.',
    remedy: 'Remove them from the address, and set the variable that the message names instead.',
  },
  'no-server': {
    cause: 'Nothing names a Prefect server, or its address is not a valid URL.',
    remedy:
      'Set `PREFECT_API_URL` or the option `apiUrl`. Before Prefect 3, set `PREFECT__CLOUD__API` or use ' +
      "Prefect's own " +
      'configuration.',
  },
  'no-tenant': {
    cause: 'The Prefect 0.15 to 1.x server has no tenant yet.',
    remedy: 'Create one: `prefect server create-tenant --name default`.',
  },
  'not-a-prefect-1-api': {
    cause: 'Something other than the API of Prefect 0.15 to 1.x answered.',
    remedy:
      'Check the address. This API is at the root of its server, for example `http://localhost:4200`. An address ' +
      'that ' +
      'ends in `/api` belongs to Prefect 3. Look for a proxy or login page in between.',
  },
  'not-a-prefect-api': {
    cause: 'Something other than the API of Prefect 3 answered.',
    remedy:
      "Check the address. A server's ends in `/api`, Prefect Cloud's in `/workspaces/<id>`. Look for a proxy or " +
      'login ' +
      'page in between.',
  },
  'not-an-aws-api': {
    cause: 'Something other than S3 or ECR answered.',
    remedy: 'Check the endpoint, and look for a proxy or login page in between.',
  },
  'not-authorized': {
    cause: 'The Prefect server refused the credentials, or asks for some.',
    remedy:
      'Set `PREFECT_API_KEY` for Prefect Cloud, or `PREFECT_API_AUTH_STRING` for your own server. Before Prefect 3, ' +
      'set `PREFECT__CLOUD__API_KEY`.',
  },
  'prefect-configuration': {
    cause: "Prefect's own configuration file (before Prefect 3) is not valid TOML.",
    remedy: 'Correct the file, or set the option `apiUrl`.',
  },
  'proxy-refused': {
    cause: 'The HTTP proxy refused to pass the request on.',
    remedy: 'For status 407, put user and password into the variable of the proxy. Otherwise ask who runs the proxy.',
  },
  'rate-limited': {
    cause: 'The server still asks for fewer requests after every retry.',
    remedy: 'Run the command again later. Finished registrations are not sent again.',
  },
  'server-away': {
    cause: 'The server failed several requests in a row, so the rest of the run does not ask it any more.',
    remedy: 'Run the command again when the server answers. Finished registrations are not sent again.',
  },
  'server-failed': {
    cause: 'A Prefect 0.15 to 1.x server answered with a status of 500 or more.',
    remedy: "Read the server's log, then run the command again.",
  },
  'server-refused': {
    cause: 'The Prefect server refused a request. The message repeats its reason.',
    remedy: "Correct what the server names. For a status of 500 or more, read the server's log.",
  },
  'server-unreachable': {
    cause: 'The Prefect server cannot be reached over the network.',
    remedy: 'Check the address, that the server runs, and the VPN, firewall and proxy of this machine.',
  },
  'wrong-tenant': {
    cause: 'The Prefect 0.15 to 1.x server does not accept the tenant for this API key.',
    remedy: 'Correct `PREFECT__CLOUD__TENANT_ID`, or use `prefect auth switch-tenants`.',
  },
};
