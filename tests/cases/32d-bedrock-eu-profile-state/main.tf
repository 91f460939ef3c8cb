provider "aws" {
  region = "eu-west-3"
}

resource "aws_bedrock_inference_profile" "triage" {
  name = "triage"

  model_source {
    copy_from = "arn:aws:bedrock:eu-west-3:111122223333:inference-profile/eu.maker.model-v1:0"
  }
}
