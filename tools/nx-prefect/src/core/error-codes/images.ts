/** Of `docker-deploy`, and of the option `image` that names its result. */
export const IMAGES = {
  'base-not-pulled': {
    cause: "The Dockerfile names another project's image by its address, and the engine could not pull it.",
    remedy: 'Deploy that project first, or correct the Dockerfile.',
  },
  'base-without-argument': {
    cause: "The Dockerfile names another project's image without the registry, so no engine can find it.",
    remedy:
      'Write `ARG BASE=<project>` and `FROM ${BASE}`: the deploy gives the argument the digest. ' +
      'For `COPY --from`, give that stage a name.',
  },
  'builder-too-old': {
    cause: 'An option or ignore file of the image needs what this engine has not, mostly buildx.',
    remedy: 'Install the buildx plugin, or set the option `engine` as the message says.',
  },
  'context-changed': {
    cause: 'A file of the build context changed while the image was built.',
    remedy: 'Run the command again.',
  },
  'disk-full': {
    cause: 'The disk on which the container engine keeps its images is full.',
    remedy: 'Free some space, for example with `docker system prune`, and run again.',
  },
  'engine-stopped': {
    cause: 'A container engine is installed but does not answer, or this user may not use it.',
    remedy: 'Start the engine, or let the user access it. The message has the command.',
  },
  'image-build-failed': {
    cause: 'The container engine could not build the image.',
    remedy: "Read the engine's output above the message.",
  },
  'image-clash': {
    cause: 'Two projects of one run put the same tag into the same repository.',
    remedy: 'Give each project an `imageName`, or `tags`, of its own.',
  },
  'image-not-deployed': {
    cause: 'The option `image` names a project whose image is not in ECR for the present source.',
    remedy: 'Run `npx nx run <project>:docker-deploy` first.',
  },
  'image-not-scanned': {
    cause: "The option `failOn` waits for ECR's scan of the image, and there was none, or it did not end well.",
    remedy: 'Run the command again later. Leave `failOn` out for an image that ECR cannot scan.',
  },
  'image-outdated': {
    cause:
      'The option `code` is `image`, and the image in ECR was built from other source than this checkout has, or ' +
      'its build is not sent the files of the flow.',
    remedy:
      'Run `npx nx run <project>:docker-deploy`. If the error stays, let the Dockerfile copy the flow, and the ' +
      'ignore file leave it in.',
  },
  'image-tag-immutable': {
    cause: 'The repository does not allow tags to move, and another image has this tag.',
    remedy: 'Use tags that are new each time, or none: `--tags=`. The content tag is there either way.',
  },
  'image-vulnerable': {
    cause: "ECR's scan of the image found something that the option `failOn` does not let pass.",
    remedy: 'Take a newer base image or newer packages. The message has the command that lists the findings.',
  },
  'login-failed': {
    cause: 'The container engine could not log in to the registry.',
    remedy: 'Check that this machine reaches the registry: proxy, VPN, certificates.',
  },
  'no-context': {
    cause: 'The folder of the option `context`, or one of `buildContexts`, does not exist.',
    remedy: 'Correct the option. It is a path from the workspace root.',
  },
  'no-dockerfile': {
    cause: 'The project has no Dockerfile where one is expected.',
    remedy: 'Write one, or correct the option `dockerfile`. It is a path from the workspace root.',
  },
  'no-engine': {
    cause: 'None of docker, podman and buildah is on the PATH.',
    remedy: 'Install one of them, or correct the option `engine`.',
  },
  'no-image-project': {
    cause: 'The option `image` names a project that does not exist or has no target `docker-deploy`.',
    remedy: 'Name a project with a Dockerfile. `npx nx show projects --withTarget docker-deploy` lists them.',
  },
  'no-lifecycle-policy': {
    cause: 'The file that `lifecyclePolicy` in the option `repository` names cannot be read.',
    remedy: 'Write the policy as JSON, or name a file from the workspace root.',
  },
  'no-repository': {
    cause: 'ECR has no such repository, and `createRepository` is off, or somebody deleted it during the run.',
    remedy: 'Create the repository, or turn `createRepository` on and run again.',
  },
  'push-denied': {
    cause: 'ECR refused the push: the credentials lack a permission on the repository.',
    remedy: 'Allow the actions that the message lists.',
  },
  'push-failed': {
    cause: 'The push failed for a reason that has no code of its own here.',
    remedy: 'Run the command again. Layers that arrived are not sent again.',
  },
  'push-unconfirmed': {
    cause: 'The push succeeded, but ECR does not list the image afterwards.',
    remedy: 'Run the command again. Look for a lifecycle policy or a person that removes images.',
  },
};
