// ECR's API: repositories are moto's, images are the registry's.
import { answer, errors } from './answers.mjs';

const MANIFESTS = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
];

/** @param prefix of what this registry keeps in the store */
export function createApi({ account, region, host, prefix, store, moto, tokens, nextScan }) {
  const actions = {
    GetAuthorizationToken() {
      const password = tokens.issue();
      const authorizationToken = Buffer.from(`AWS:${password}`).toString('base64');
      return [
        200,
        {
          authorizationData: [
            { authorizationToken, expiresAt: Date.now() / 1000 + 12 * 3600, proxyEndpoint: `https://${host}` },
          ],
        },
      ];
    },

    async BatchGetImage({ repositoryName, imageIds }) {
      if (!(await repository(repositoryName))) return notFound(repositoryName);
      const found = await Promise.all(
        imageIds.map(async (imageId) => ({
          imageId,
          manifest: await manifest(repositoryName, imageId.imageTag ?? imageId.imageDigest),
        })),
      );
      return [
        200,
        {
          images: found.flatMap(({ imageId, manifest: held }) =>
            held ? [image(repositoryName, { ...imageId, imageDigest: held.digest }, held)] : [],
          ),
          failures: found.flatMap(({ imageId, manifest: held }) =>
            held ? [] : [{ imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }],
          ),
        },
      ];
    },

    /** ECR gives an address in S3 that is good for an hour; here the front serves it. */
    GetDownloadUrlForLayer({ repositoryName, layerDigest }) {
      return [200, { layerDigest, downloadUrl: `https://${host}/layers/${prefix}${repositoryName}/${layerDigest}` }];
    },

    async DescribeImages({ repositoryName, imageIds }) {
      if (!(await repository(repositoryName))) return notFound(repositoryName);
      const held = await Promise.all(
        imageIds.map(({ imageTag, imageDigest }) => manifest(repositoryName, imageTag ?? imageDigest)),
      );
      const missing = imageIds.find((_, at) => !held[at]);
      if (missing)
        return failure(
          'ImageNotFoundException',
          `The image with imageId ${JSON.stringify(missing)} does not exist within the repository with name ` +
            `'${repositoryName}'`,
        );
      return [
        200,
        {
          imageDetails: held.map(({ digest }, at) => ({
            registryId: account,
            repositoryName,
            imageDigest: digest,
            imageTags: [imageIds[at].imageTag],
          })),
        },
      ];
    },

    StartImageScan: () => [200, {}],

    DescribeImageScanFindings({ repositoryName, imageId }) {
      const scan = nextScan();
      if (!scan)
        return failure('ScanNotFoundException', `Image scan does not exist for the image ${imageId.imageDigest}`);
      const { status, counts } = scan;
      const findings = counts ? { imageScanFindings: { findingSeverityCounts: counts } } : {};
      return [200, { registryId: account, repositoryName, imageId, imageScanStatus: { status }, ...findings }];
    },

    async PutImage({ repositoryName, imageManifest, imageManifestMediaType, imageTag }) {
      const settings = await repository(repositoryName);
      if (!settings) return notFound(repositoryName);
      const type = imageManifestMediaType ?? JSON.parse(imageManifest).mediaType;
      const held = await manifest(repositoryName, imageTag);
      const where = `in the repository with name '${repositoryName}' in registry with id '${account}'`;
      if (held?.body === imageManifest)
        return failure(
          'ImageAlreadyExistsException',
          `Image with digest '${held.digest}' and tag '${imageTag}' already exists ${where}`,
        );
      if (held && settings.imageTagMutability === 'IMMUTABLE') {
        return failure(
          'ImageTagAlreadyExistsException',
          `The image tag '${imageTag}' already exists in the '${repositoryName}' repository and cannot be ` +
            'overwritten because the repository is immutable.',
        );
      }
      const put = await fetch(`${store}/v2/${prefix}${repositoryName}/manifests/${imageTag}`, {
        method: 'PUT',
        headers: { 'content-type': type },
        body: imageManifest,
      });
      if (!put.ok) return failure('LayersNotFoundException', `Layers are missing ${where}`);
      const digest = put.headers.get('docker-content-digest');
      return [200, { image: image(repositoryName, { imageDigest: digest, imageTag }, { body: imageManifest, type }) }];
    },
  };

  return {
    async call(action, input, request, response) {
      const [key = ''] = /(?<=Credential=)[^/]+/.exec(request.headers.authorization ?? '') ?? [];
      if (key === '' || key.startsWith('AKIAUNKNOWN'))
        return answer(
          response,
          ...failure('UnrecognizedClientException', 'The security token included in the request is invalid.'),
        );
      const own = actions[action];
      if (own) return answer(response, ...(await own(input)));
      const reply = await askMoto(action, input, request.headers);
      answer(response, reply.status, await reply.json());
    },

    manifest,
    createRepository: (repositoryName) => askMoto('CreateRepository', { repositoryName }),

    path: (url) => url.replace(/^\/v2\/(?=.)/, `/v2/${prefix}`).replace(/(?<=[?&]from=)/, encodeURIComponent(prefix)),
    location: (url) => url.replace(`/v2/${prefix}`, '/v2/'),

    /** ECR makes no repository by itself, and its immutable tags take not even the same image again. */
    async refusePush(name, { method, url }) {
      const settings = await repository(name);
      if (!settings)
        return [
          404,
          errors(
            'NAME_UNKNOWN',
            `The repository with name '${name}' does not exist in the registry with id '${account}'`,
          ),
        ];
      const [, tag] = /\/manifests\/([^/:]+)$/.exec(url) ?? [];
      if (
        method !== 'PUT' ||
        tag === undefined ||
        settings.imageTagMutability !== 'IMMUTABLE' ||
        !(await manifest(name, tag))
      )
        return undefined;
      return [
        400,
        errors(
          'TAG_INVALID',
          `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because ` +
            'the repository is immutable.',
        ),
      ];
    },
  };

  function image(repositoryName, imageId, { body, type }) {
    return { registryId: account, repositoryName, imageId, imageManifest: body, imageManifestMediaType: type };
  }

  function notFound(name) {
    return failure(
      'RepositoryNotFoundException',
      `The repository with name '${name}' does not exist in the registry with id '${account}'`,
    );
  }

  async function manifest(name, reference) {
    const reply = await fetch(`${store}/v2/${prefix}${name}/manifests/${reference}`, {
      headers: { accept: MANIFESTS.join(',') },
    });
    return reply.ok
      ? {
          body: await reply.text(),
          type: reply.headers.get('content-type'),
          digest: reply.headers.get('docker-content-digest'),
        }
      : undefined;
  }

  async function repository(name) {
    const reply = await askMoto('DescribeRepositories', { repositoryNames: [name] });
    return reply.ok ? (await reply.json()).repositories[0] : undefined;
  }

  function askMoto(action, input, headers = {}) {
    return fetch(moto, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AmazonEC2ContainerRegistry_V20150921.${action}`,
        authorization:
          headers.authorization ??
          `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/ecr/aws4_request, SignedHeaders=host, Signature=0`,
        'x-amz-date': headers['x-amz-date'] ?? '20260101T000000Z',
        'x-moto-account-id': account,
      },
      body: JSON.stringify(input),
    });
  }
}

function failure(type, message) {
  return [400, { __type: type, message }];
}
